//go:build !heic

package attached

// readsHEIC: the decoder is 3 MB of libheif and libde265, which are LGPL:
// `go build -tags heic,nodynamic`.
const readsHEIC = false
