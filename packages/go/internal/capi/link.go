//go:build !nexuslite_static && !nexuslite_lib

package capi

// #cgo pkg-config: nexuslite
import "C"
