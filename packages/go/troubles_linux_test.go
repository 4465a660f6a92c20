package nexuslite_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/nexuslite/nexuslite-go"
)

// The test program runs itself as a process for which the system makes no file larger.
func TestAFullDeviceIsToldOfAndLosesNothing(t *testing.T) {
	if path := os.Getenv("NEXUSLITE_FULL_DEVICE"); path != "" {
		fmt.Printf("told %v\n", errors.Is(untilFull(path), nexuslite.ErrDiskFull))
		return
	}
	path := filepath.Join(t.TempDir(), "shop.db")
	other := exec.Command(os.Args[0], "-test.run", "^TestAFullDeviceIsToldOfAndLosesNothing$", "-test.v")
	other.Env = append(os.Environ(), "NEXUSLITE_FULL_DEVICE="+path)
	said, err := other.Output()
	must(t, err)
	equal(t, bytes.Contains(said, []byte("told true")), true)
	count, err := opened(t, path).Collection("c").CountDocuments(background, bson.D{{"_id", 1}})
	must(t, err)
	equal(t, count, 1)
}

func untilFull(path string) error {
	db, err := nexuslite.Open(path)
	if err != nil {
		return err
	}
	defer db.Close()
	coll := db.Collection("c")
	if _, err := coll.InsertOne(background, bson.D{{"_id", 1}}); err != nil {
		return err
	}
	if err := fillDevice(); err != nil {
		return err
	}
	large := strings.Repeat("x", 1_000_000)
	for range 500 {
		before, err := coll.CountDocuments(background, bson.D{})
		if err != nil {
			return err
		}
		if _, failed := coll.InsertOne(background, bson.D{{"text", large}}); failed != nil {
			after, err := coll.CountDocuments(background, bson.D{})
			if err != nil || after != before {
				return fmt.Errorf("%d documents became %d: %w", before, after, err)
			}
			return failed
		}
	}
	return errors.New("the device took everything")
}

// fillDevice has the system answer that there is no room, whenever a thread of this process wants to make a file larger:
// the database's own too, which would make room in the log otherwise.
func fillDevice() error {
	const setNoNewPrivileges, setFilter, ofAllThreads = 38, 1, 1
	seccomp, known := map[string]uintptr{"amd64": 317, "arm64": 277}[runtime.GOARCH]
	if !known {
		return fmt.Errorf("the number of the system call seccomp is not known on %s", runtime.GOARCH)
	}
	const allow, refuse = 0x7fff0000, 0x00050000 | uint32(syscall.ENOSPC)
	filter := []syscall.SockFilter{
		{Code: syscall.BPF_LD | syscall.BPF_W | syscall.BPF_ABS, K: 0},
		{Code: syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K, Jt: 0, Jf: 1, K: syscall.SYS_FALLOCATE},
		{Code: syscall.BPF_RET | syscall.BPF_K, K: refuse},
		{Code: syscall.BPF_RET | syscall.BPF_K, K: allow},
	}
	program := syscall.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	// Both calls are about the same thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if _, _, no := syscall.RawSyscall6(syscall.SYS_PRCTL, setNoNewPrivileges, 1, 0, 0, 0, 0); no != 0 {
		return no
	}
	_, _, no := syscall.RawSyscall(seccomp, setFilter, ofAllThreads, uintptr(unsafe.Pointer(&program)))
	if no != 0 {
		return no
	}
	return nil
}
