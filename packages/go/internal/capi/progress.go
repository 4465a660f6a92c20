package capi

// #include "bridge.h"
import "C"

import "runtime/cgo"

// progress is somebody who is told how far an operation is.
type progress struct {
	tell func(done, total uint64) bool
	// panicked is what it panicked with, kept until the library has returned.
	panicked any
}

//export nxgoProgress
func nxgoProgress(handle C.uintptr_t, done, total C.uint64_t) (stop C.int32_t) {
	told := cgo.Handle(handle).Value().(*progress)
	defer func() {
		if told.panicked = recover(); told.panicked != nil {
			stop = 1
		}
	}()
	if told.tell(uint64(done), uint64(total)) {
		return 0
	}
	return 1
}
