//go:build nexuslite_lib && !nexuslite_static

package capi

// What the library is found by stands in CGO_CFLAGS and CGO_LDFLAGS.

// #cgo LDFLAGS: -lnexuslite
import "C"
