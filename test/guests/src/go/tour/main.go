// tour DIRECTORY [end=HOW] [ARGS...]: the walk through WASI of src/rust/tour with Go's standard library, and what Go
// brings of its own: goroutines, channels, JSON, maps, panics with recovery. The same source runs as a preview-1 module
// and, with the adapter, as a component.
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

func show(what string, err error) {
	var number syscall.Errno
	switch {
	case err == nil:
		fmt.Printf("%s: ok\n", what)
	case errors.As(err, &number):
		fmt.Printf("%s: errno %d\n", what, number)
	default:
		fmt.Printf("%s: error\n", what)
	}
}

func arguments() {
	fmt.Println("[arguments]")
	for index, argument := range os.Args {
		fmt.Printf("%d: %q\n", index, argument)
	}
	fmt.Println("[environment]")
	variables := os.Environ()
	sort.Strings(variables)
	for _, variable := range variables {
		fmt.Println(variable)
	}
	_, found := os.LookupEnv("SURELY_NOT_SET")
	fmt.Println("absent:", !found)
}

func streams() {
	fmt.Println("[streams]")
	input := bufio.NewReader(os.Stdin)
	first, err := input.ReadString('\n')
	fmt.Printf("first line: %q %v\n", first, err)
	rest, err := io.ReadAll(input)
	fmt.Printf("rest: %d bytes, %d lines, %d runes, %v\n", len(rest), bytes.Count(rest, []byte("\n")), len([]rune(string(rest))), err)
	fmt.Fprintln(os.Stderr, "to standard error:", len(rest))
}

func list(directory string) {
	entries, err := os.ReadDir(directory)
	names := []string{}
	for _, entry := range entries {
		names = append(names, entry.Name()+":"+entry.Type().String()[:1])
	}
	fmt.Println("list:", strings.Join(names, " "), err == nil)
}

func files(root string) {
	fmt.Println("[files]")
	path := filepath.Join(root, "tour.txt")
	show("write", os.WriteFile(path, []byte("one\ntwo\nthree\n"), 0o666))
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	show("append", err)
	fmt.Fprintln(file, "four: ä€😀")
	show("close", file.Close())
	file, err = os.OpenFile(path, os.O_RDWR, 0)
	show("open", err)
	position, err := file.Seek(-4, io.SeekEnd)
	fmt.Println("seek end:", position, err)
	tail, err := io.ReadAll(file)
	fmt.Println("tail:", tail, err)
	_, err = file.WriteAt([]byte("TWO"), 4)
	show("write at", err)
	buffer := make([]byte, 8)
	size, err := file.ReadAt(buffer, 4)
	fmt.Printf("read at: %q %v\n", buffer[:size], err)
	_, err = file.Seek(-100, io.SeekStart)
	show("seek before start", err)
	show("truncate", file.Truncate(11))
	show("sync", file.Sync())
	info, err := file.Stat()
	fmt.Println("stat:", info.Name(), info.Size(), info.Mode().IsRegular(), err)
	show("close", file.Close())
	show("close again", file.Close())
	show("times", os.Chtimes(path, time.Unix(5, 0), time.Unix(1_000_000_000, 500)))
	info, _ = os.Stat(path)
	fmt.Println("modified:", info.ModTime().UnixNano())
	show("rename", os.Rename(path, filepath.Join(root, "renamed.txt")))
	content, err := os.ReadFile(filepath.Join(root, "renamed.txt"))
	fmt.Printf("content: %q %v\n", content, err)
}

func directories(root string) {
	fmt.Println("[directories]")
	deep := filepath.Join(root, "made", "a", "b")
	show("mkdir all", os.MkdirAll(deep, 0o777))
	show("mkdir again", os.Mkdir(filepath.Join(root, "made"), 0o777))
	for i := 0; i < 20; i++ {
		os.WriteFile(filepath.Join(deep, fmt.Sprintf("file-%02d", i)), bytes.Repeat([]byte("x"), i), 0o666)
	}
	list(root)
	list(deep)
	entries, total := 0, int64(0)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		entries++
		if info, err := entry.Info(); err == nil && entry.Type().IsRegular() {
			total += info.Size()
		}
		return err
	})
	fmt.Println("walk:", entries, total, err)
	show("remove full", os.Remove(filepath.Join(root, "made", "a")))
	show("remove all", os.RemoveAll(deep))
	show("rename", os.Rename(filepath.Join(root, "made"), filepath.Join(root, "moved")))
	show("symlink", os.Symlink("renamed.txt", filepath.Join(root, "link")))
	target, err := os.Readlink(filepath.Join(root, "link"))
	fmt.Println("readlink:", target, err)
	info, err := os.Lstat(filepath.Join(root, "link"))
	show("lstat", err)
	fmt.Println("is link:", info.Mode()&fs.ModeSymlink != 0)
	show("link", os.Link(filepath.Join(root, "renamed.txt"), filepath.Join(root, "second-name.txt")))
	show("remove", os.Remove(filepath.Join(root, "second-name.txt")))
	_, err = os.Open(filepath.Join(root, "missing"))
	show("missing", err)
	_, err = os.ReadFile(filepath.Join(root, "moved"))
	show("read a directory", err)
	_, err = os.ReadFile("/etc/passwd")
	show("elsewhere", err)
	list(root)
}

func clocksAndRandom() {
	fmt.Println("[clocks and random]")
	start := time.Now()
	time.Sleep(5 * time.Millisecond)
	fmt.Println("slept:", time.Since(start) >= 5*time.Millisecond)
	fmt.Println("after 2020:", start.Year() > 2020, start.UTC().Location())
	select {
	case <-time.After(2 * time.Millisecond):
		fmt.Println("timer: first")
	case <-time.After(time.Hour):
		fmt.Println("timer: second")
	}
	a, b := make([]byte, 16), make([]byte, 16)
	rand.Read(a)
	rand.Read(b)
	fmt.Println("differ:", !bytes.Equal(a, b))
}

type record struct {
	Name   string             `json:"name"`
	Values []float64          `json:"values"`
	Nested map[string]*record `json:"nested,omitempty"`
}

func language() {
	fmt.Println("[language]")
	work, results := make(chan int), make(chan [32]byte)
	var group sync.WaitGroup
	for worker := 0; worker < 4; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for item := range work {
				results <- sha256.Sum256([]byte(fmt.Sprint(item)))
			}
		}()
	}
	go func() {
		for item := 0; item < 100; item++ {
			work <- item
		}
		close(work)
		group.Wait()
		close(results)
	}()
	var sum byte
	count := 0
	for digest := range results {
		sum ^= digest[0]
		count++
	}
	fmt.Println("goroutines:", count, sum)

	text := `{"name":"outer","values":[1,2.5,-3e10],"nested":{"in":{"name":"größe","values":null}}}`
	var parsed record
	err := json.Unmarshal([]byte(text), &parsed)
	printed, _ := json.Marshal(parsed)
	fmt.Println("json:", err, string(printed) == text, string(printed))

	defer func() { fmt.Println("recovered:", recover()) }()
	var empty []int
	fmt.Println(empty[len(os.Args)])
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: tour DIRECTORY [end=HOW] [ARGS...]")
		os.Exit(2)
	}
	arguments()
	streams()
	list(os.Args[1])
	files(os.Args[1])
	directories(os.Args[1])
	clocksAndRandom()
	language()
	fmt.Println("[end]")
	end := ""
	if len(os.Args) > 2 {
		end = os.Args[2]
	}
	switch end {
	case "end=exit-7":
		os.Exit(7)
	case "end=panic":
		panic("as asked")
	case "end=deadlock":
		<-make(chan int)
	case "end=failure":
		os.Exit(1)
	}
}
