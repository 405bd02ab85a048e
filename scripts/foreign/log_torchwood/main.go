// SPDX-License-Identifier: MIT OR Apache-2.0

// What filippo.io/torchwood says of a log's policies, proofs and tiles.
//
//	log_torchwood checkpoint POLICY <NOTE       the policy accepts the checkpoint
//	log_torchwood proof POLICY <PROOF           the same, and the entry that is the proof's extra data
//	                                            is in the log
//	log_torchwood files DIR KEY                 each entry and tile of the log in a folder
//	log_torchwood fetch URL KEY                 the same from a server
//
// Ends with 1 for what does not hold, and with 2 where it was not asked properly.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

const longest = time.Minute

func policyOf(name string) (torchwood.Policy, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return torchwood.ParsePolicy(text)
}

func checkProof(policy torchwood.Policy, proof []byte) error {
	entry, err := torchwood.ProofExtraData(proof)
	if err != nil {
		return err
	}
	return torchwood.VerifyProof(policy, tlog.RecordHash(entry), proof)
}

type source interface {
	torchwood.TileReader
	ReadEndpoint(ctx context.Context, path string) ([]byte, error)
}

// Reads all entries, each checked against the checkpoint, and proves some of them.
func checkAll(from source, key string) error {
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	text, err := from.ReadEndpoint(ctx, "checkpoint")
	if err != nil {
		return err
	}
	policy, err := torchwood.ParsePolicy([]byte("log " + key + "\nquorum none\n"))
	if err != nil {
		return err
	}
	checkpoint, _, err := torchwood.VerifyCheckpoint(text, policy)
	if err != nil {
		return err
	}
	client, err := torchwood.NewClient(from)
	if err != nil {
		return err
	}
	var count int64
	for index, entry := range client.AllEntries(ctx, checkpoint.Tree, 0) {
		if index != count {
			return fmt.Errorf("entry %d instead of %d", index, count)
		}
		count++
		if index%97 != 0 {
			continue
		}
		again, path, err := client.Entry(ctx, checkpoint.Tree, index)
		if err != nil {
			return err
		}
		if string(again) != string(entry) {
			return fmt.Errorf("entry %d is another one alone", index)
		}
		if err := tlog.CheckRecord(path, checkpoint.N, checkpoint.Hash, index,
			tlog.RecordHash(entry)); err != nil {
			return err
		}
	}
	if err := client.Err(); err != nil {
		return err
	}
	if count != checkpoint.N {
		return fmt.Errorf("%d entries of %d", count, checkpoint.N)
	}
	fmt.Printf("%d entries\n", count)
	return nil
}

func run(what string, words []string) (error, bool) {
	switch what {
	case "checkpoint", "proof":
		policy, err := policyOf(words[0])
		if err != nil {
			return err, true
		}
		input, err := io.ReadAll(os.Stdin)
		if err != nil {
			return err, true
		}
		if what == "proof" {
			return checkProof(policy, input), true
		}
		_, _, err = torchwood.VerifyCheckpoint(input, policy)
		return err, true
	case "files":
		from, err := torchwood.NewTileFS(os.DirFS(words[0]))
		if err != nil {
			return err, true
		}
		return checkAll(from, words[1]), true
	case "fetch":
		from, err := torchwood.NewTileFetcher(words[0], torchwood.WithUserAgent("aion-interop"))
		if err != nil {
			return err, true
		}
		return checkAll(from, words[1]), true
	}
	return nil, false
}

func main() {
	wanted := map[string]int{"checkpoint": 1, "proof": 1, "files": 2, "fetch": 2}
	if len(os.Args) < 2 || wanted[os.Args[1]] == 0 || len(os.Args)-2 != wanted[os.Args[1]] {
		fmt.Fprintln(os.Stderr, "usage: log_torchwood checkpoint|proof|files|fetch ...")
		os.Exit(2)
	}
	if err, _ := run(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
