//go:build heic

package attached

import _ "github.com/gen2brain/heic" // registers the format

// readsHEIC: this build reads the pictures of an iPhone.
const readsHEIC = true
