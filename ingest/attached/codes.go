package attached

import (
	"context"
	"image"

	"retour/ingest"
)

func findCodes(ctx context.Context, g *image.Gray) []ingest.Barcode { return nil }
