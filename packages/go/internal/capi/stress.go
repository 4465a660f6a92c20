//go:build nexuslite_gcstress

package capi

import "runtime"

// beforeCall collects garbage before every call, so that whatever is freed too early is free by then.
func beforeCall() { runtime.GC() }
