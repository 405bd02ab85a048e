// SPDX-License-Identifier: MIT OR Apache-2.0

// What the suite `tlog_store` measures, done by Tessera on a POSIX file system: entries of the same
// bytes, durable appends in batches of the same size. ./dev builds nothing in Go; run it in turn with
// ours, on one file system:
//
//	cd bench/tessera && go build -o PROGRAM .
//	PROGRAM [-each] [-key FILE] FOLDER ENTRIES BATCH
//	build/release/bin/tlog_store_bench --benchmark_filter=no_index
//
// FOLDER is new, and stays; FILE gets the log's verifier key, which a check of the folder needs.
// The time is that from the first entry to the checkpoint that has the last one, published as soon as
// Tessera allows. With -each, the next batch waits for the checkpoint of the one before, as with
// ours; without, entries come as fast as they are taken.
package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

const (
	origin = "log.example.org/bench"
	// The least that the driver accepts.
	checkpointInterval = 100 * time.Millisecond
	// A batch is written when it is full, long before.
	longestBatch = 10 * time.Second
	// How often it is looked whether there is a checkpoint.
	poll = time.Millisecond
	// What stands before the payload of an entry of ours, and a logged version.
	headerSize  = 11
	payloadSize = 88
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// As `make_entry` of ours writes a version attestation.
func entry(number uint64) *tessera.Entry {
	bytes := make([]byte, headerSize+payloadSize)
	bytes[0], bytes[1] = 1, 1
	binary.LittleEndian.PutUint64(bytes[3:], number)
	binary.LittleEndian.PutUint64(bytes[headerSize:], number)
	return tessera.NewEntry(bytes)
}

// The log's key, whose public half is written to a file if one is named.
func signer(file string) note.Signer {
	secret, public, err := note.GenerateKey(rand.Reader, origin)
	must(secret, err)
	if file != "" {
		must(0, os.WriteFile(file, []byte(public+"\n"), 0o644))
	}
	return must(note.NewSigner(secret))
}

func main() {
	each := flag.Bool("each", false, "wait for the checkpoint of each batch")
	key := flag.String("key", "", "file for the verifier key")
	flag.Parse()
	if flag.NArg() != 3 {
		fmt.Fprintln(os.Stderr, "usage: tessera [-each] [-key FILE] FOLDER ENTRIES BATCH")
		os.Exit(2)
	}
	entries := must(strconv.ParseUint(flag.Arg(1), 10, 64))
	batch := must(strconv.ParseUint(flag.Arg(2), 10, 32))
	if batch == 0 || entries == 0 || entries%batch != 0 {
		must(0, fmt.Errorf("%d entries are not batches of %d", entries, batch))
	}

	ctx := context.Background()
	driver := must(posix.New(ctx, posix.Config{Path: flag.Arg(0)}))
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer(*key)).
		WithBatching(uint(batch), longestBatch).
		WithCheckpointInterval(checkpointInterval).
		WithPushback(uint(entries))
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	must(appender, err)
	awaiter := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, poll)

	futures := make([]tessera.IndexFuture, 0, entries)
	// Until another checkpoint may follow that of the empty log.
	time.Sleep(checkpointInterval)
	start := time.Now()
	for number := range entries {
		futures = append(futures, appender.Add(ctx, entry(number)))
		if *each && (number+1)%batch == 0 {
			_, _, err := awaiter.Await(ctx, futures[number])
			must(0, err)
		}
	}
	for number, future := range futures {
		if index := must(future()); index.Index != uint64(number) {
			must(0, fmt.Errorf("entry %d is at %d", number, index.Index))
		}
	}
	_, _, err = awaiter.Await(ctx, futures[entries-1])
	must(0, err)
	took := time.Since(start)

	must(0, shutdown(ctx))
	fmt.Printf("%d entries in batches of %d: %.3f s, %.0f a second\n", entries, batch,
		took.Seconds(), float64(entries)/took.Seconds())
}
