//go:build nexuslite_static

package capi

// #cgo pkg-config: nexuslite-static
import "C"
