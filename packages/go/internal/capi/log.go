package capi

// #include "bridge.h"
// #include <stdatomic.h>
// #include <pthread.h>
// #include <stdlib.h>
// #cgo nocallback nxgo_log_listen
// #cgo nocallback nxgo_log_take
// #cgo nocallback nxgo_log_free
//
// // Most calls are promised to call nothing back, so that their arguments may lie on Go's stack: what the library says
// // meanwhile waits here until they have returned.
// typedef struct nxgo_message {
//     struct nxgo_message *next;
//     int32_t level;
//     const char *target;
//     char text[];
// } nxgo_message;
//
// enum { NXGO_WAITING_MAX = 1024 };
// static pthread_mutex_t nxgo_log_lock = PTHREAD_MUTEX_INITIALIZER;
// static nxgo_message *nxgo_log_first, **nxgo_log_end = &nxgo_log_first;
// static _Atomic uint32_t nxgo_log_count;
//
// static uint32_t *nxgo_log_waiting(void) { return (uint32_t *)&nxgo_log_count; }
//
// static void nxgo_log_hear(void *data, int32_t level, const char *target, const char *text) {
//     (void)data;
//     size_t text_size = strlen(text) + 1, target_size = strlen(target) + 1;
//     nxgo_message *heard = malloc(sizeof *heard + text_size + target_size);
//     if (heard == NULL)
//         return;
//     memcpy(heard->text, text, text_size);
//     heard->target = memcpy(heard->text + text_size, target, target_size);
//     heard->level = level;
//     heard->next = NULL;
//     pthread_mutex_lock(&nxgo_log_lock);
//     if (atomic_load(&nxgo_log_count) < NXGO_WAITING_MAX) {
//         *nxgo_log_end = heard;
//         nxgo_log_end = &heard->next;
//         atomic_fetch_add(&nxgo_log_count, 1);
//         heard = NULL;
//     }
//     pthread_mutex_unlock(&nxgo_log_lock);
//     free(heard);
// }
//
// static nxgo_message *nxgo_log_take(void) {
//     pthread_mutex_lock(&nxgo_log_lock);
//     nxgo_message *first = nxgo_log_first;
//     if (first != NULL) {
//         nxgo_log_first = first->next;
//         nxgo_log_end = nxgo_log_first == NULL ? &nxgo_log_first : nxgo_log_end;
//         atomic_fetch_sub(&nxgo_log_count, 1);
//     }
//     pthread_mutex_unlock(&nxgo_log_lock);
//     return first;
// }
//
// static void nxgo_log_free(nxgo_message *message) { free(message); }
// static const char *nxgo_log_text(nxgo_message *message) { return message->text; }
//
// static nxgo_answer nxgo_log_listen(int32_t level) {
//     nx_error *error = NULL;
//     nx_status status = nx_log_set(level == 0 ? NULL : nxgo_log_hear, NULL, level, &error);
//     return nxgo_told(status, NULL, NULL, error);
// }
import "C"

import (
	"sync/atomic"
	"unsafe"
)

// Message is something that the library says: its level is 1 (an error) to 5 (a trace).
type Message struct {
	Level  int
	Target string
	Text   string
}

var (
	// waiting is how many messages there are, where C counts them.
	waiting = (*uint32)(unsafe.Pointer(C.nxgo_log_waiting()))
	// listener is who is told.
	listener atomic.Pointer[func(Message)]
	// delivering says that somebody is being told: what his own calls have to say comes after.
	delivering atomic.Bool
)

// Listen has messages of level and graver brought to hear, by whoever calls the library next; nil ends it.
func Listen(hear func(Message), level int) *Error {
	if hear == nil {
		listener.Store(nil)
		level = 0
	} else {
		listener.Store(&hear)
	}
	_, err := take(C.nxgo_log_listen(C.int32_t(level)))
	if err != nil {
		listener.Store(nil)
	}
	return err
}

// deliver brings what waits.
func deliver() {
	if atomic.LoadUint32(waiting) != 0 {
		deliverAll()
	}
}

func deliverAll() {
	if !delivering.CompareAndSwap(false, true) {
		return
	}
	defer delivering.Store(false)
	for {
		heard := C.nxgo_log_take()
		if heard == nil {
			return
		}
		message := Message{int(heard.level), C.GoString(heard.target), C.GoString(C.nxgo_log_text(heard))}
		C.nxgo_log_free(heard)
		if hear := listener.Load(); hear != nil {
			(*hear)(message)
		}
	}
}
