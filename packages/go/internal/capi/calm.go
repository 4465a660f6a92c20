//go:build !nexuslite_gcstress

package capi

func beforeCall() {}
