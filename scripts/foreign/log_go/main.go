// SPDX-License-Identifier: MIT OR Apache-2.0

// What the Go modules that are a transparency log's reference say of a log: golang.org/x/mod (trees,
// notes), transparency-dev/formats (cosignatures, proofs) and transparency-dev/merkle (proofs).
//
//	log_go open KEY... <NOTE            every one of these keys has signed the note
//	log_go proof KEY... <PROOF          the same of the proof's checkpoint, and the entry that is
//	                                    its extra data is in that tree
//	log_go log DIR KEY                  each tile, entry and proof of the log in a folder
//	log_go sign SECRET... <TEXT >NOTE   signs a text
//	log_go key TYPE NAME SEED           a secret and a public key (1, 4 or 6) of a seed in hex
//
// Ends with 1 for what does not hold, and with 2 where it was not asked properly.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/mldsa"
	"github.com/transparency-dev/formats/log"
	cosignature "github.com/transparency-dev/formats/note"
	tlogproof "github.com/transparency-dev/formats/proof"
	merkle "github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// Of a log of more entries not each is proven alone.
const mostProofs = 3000

// Of type 1 is what x/mod knows.
func isPlain(key string) bool {
	parts := strings.SplitN(key, "+", 3)
	if len(parts) != 3 {
		return false
	}
	bytes, err := base64.StdEncoding.DecodeString(parts[2])
	return err == nil && len(bytes) > 0 && bytes[0] == 1
}

func verifierOf(key string) (note.Verifier, error) {
	if isPlain(key) {
		return note.NewVerifier(key)
	}
	return cosignature.NewVerifierForCosignatureV1(key)
}

func open(text []byte, keys []string) (*note.Note, error) {
	var verifiers []note.Verifier
	for _, key := range keys {
		verifier, err := verifierOf(key)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		verifiers = append(verifiers, verifier)
	}
	opened, err := note.Open(text, note.VerifierList(verifiers...))
	if err != nil {
		return nil, err
	}
	if len(opened.Sigs) != len(keys) {
		return nil, fmt.Errorf("%d of %d have signed", len(opened.Sigs), len(keys))
	}
	return opened, nil
}

func checkpointOf(text []byte, keys []string) (tlog.Tree, error) {
	opened, err := open(text, keys)
	if err != nil {
		return tlog.Tree{}, err
	}
	var checkpoint log.Checkpoint
	rest, err := checkpoint.Unmarshal([]byte(opened.Text))
	if err != nil {
		return tlog.Tree{}, err
	}
	if len(rest) != 0 || len(checkpoint.Hash) != sha256.Size {
		return tlog.Tree{}, errors.New("more or less than a checkpoint")
	}
	return tlog.Tree{N: int64(checkpoint.Size), Hash: tlog.Hash(checkpoint.Hash)}, nil
}

func checkProof(text []byte, keys []string) error {
	var proof tlogproof.TLogProof
	if err := proof.Unmarshal(text); err != nil {
		return err
	}
	if string(proof.Marshal()) != string(text) {
		return errors.New("it would be written in another way")
	}
	tree, err := checkpointOf(proof.Checkpoint, keys)
	if err != nil {
		return err
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(proof.ExtraData)
	var path [][]byte
	var record tlog.RecordProof
	for _, hash := range proof.Hashes {
		path = append(path, hash[:])
		record = append(record, tlog.Hash(hash))
	}
	if err := merkle.VerifyInclusion(rfc6962.DefaultHasher, proof.Index, uint64(tree.N), leaf, path,
		tree.Hash[:]); err != nil {
		return fmt.Errorf("transparency-dev/merkle: %w", err)
	}
	return tlog.CheckRecord(record, tree.N, tree.Hash, int64(proof.Index), tlog.Hash(leaf))
}

// --- a log in a folder -----------------------------------------------------------------------

type folder string

// As c2sp.org/tlog-tiles has it, and not as x/mod does.
func (f folder) path(level string, tile tlog.Tile) string {
	number := fmt.Sprintf("%03d", tile.N%1000)
	for rest := tile.N / 1000; rest > 0; rest /= 1000 {
		number = fmt.Sprintf("x%03d/%s", rest%1000, number)
	}
	path := filepath.Join(string(f), "tile", level, number)
	if tile.W != 1<<tileHeight {
		path = fmt.Sprintf("%s.p/%d", path, tile.W)
	}
	return path
}

func (f folder) Height() int { return tileHeight }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(f.path(fmt.Sprint(tile.L), tile))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%v has %d bytes", tile, len(data))
		}
		all = append(all, data)
	}
	return all, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

// The entries of one bundle.
func (f folder) entries(number int64, width int) ([][]byte, error) {
	tile := tlog.Tile{H: tileHeight, L: 0, N: number, W: width}
	data, err := os.ReadFile(f.path("entries", tile))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("the end of bundle %d is missing", number)
		}
		size := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:size])
		data = data[size:]
	}
	if len(entries) != width {
		return nil, fmt.Errorf("bundle %d has %d entries", number, len(entries))
	}
	return entries, nil
}

func (f folder) check(key string) error {
	text, err := os.ReadFile(filepath.Join(string(f), "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := checkpointOf(text, []string{key})
	if err != nil {
		return err
	}
	// Checks each tile that it reads against the root.
	tiles := tlog.TileHashReader(tree, f)
	var stored []tlog.Hash
	ours := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	var number int64
	for number < tree.N {
		width := min(tree.N-number, 1<<tileHeight)
		entries, err := f.entries(number>>tileHeight, int(width))
		if err != nil {
			return err
		}
		for _, entry := range entries {
			hashes, err := tlog.StoredHashes(number, entry, ours)
			if err != nil {
				return err
			}
			stored = append(stored, hashes...)
			number++
		}
	}
	root, err := tlog.TreeHash(tree.N, ours)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the entries have another root")
	}
	return proveAll(tree, tiles, ours)
}

// Proofs made of the tiles, judged by what the entries come to.
func proveAll(tree tlog.Tree, tiles, ours tlog.HashReader) error {
	step := tree.N/mostProofs + 1
	for i := int64(0); i < tree.N; i += step {
		path, err := tlog.ProveRecord(tree.N, i, tiles)
		if err != nil {
			return err
		}
		leaf, err := ours.ReadHashes([]int64{tlog.StoredHashIndex(0, i)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(path, tree.N, tree.Hash, i, leaf[0]); err != nil {
			return err
		}
		old, err := tlog.TreeHash(i+1, ours)
		if err != nil {
			return err
		}
		consistency, err := tlog.ProveTree(tree.N, i+1, tiles)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(consistency, tree.N, tree.Hash, i+1, old); err != nil {
			return err
		}
	}
	fmt.Printf("%d entries\n", tree.N)
	return nil
}

// --- signing ---------------------------------------------------------------------------------

func signerOf(secret string) (note.Signer, error) {
	if signer, err := note.NewSigner(secret); err == nil {
		return signer, nil
	}
	return cosignature.NewSignerForCosignatureV1(secret)
}

func sign(text []byte, secrets []string) error {
	var signers []note.Signer
	for _, secret := range secrets {
		signer, err := signerOf(secret)
		if err != nil {
			return err
		}
		signers = append(signers, signer)
	}
	signed, err := note.Sign(&note.Note{Text: string(text)}, signers...)
	if err == nil {
		_, err = os.Stdout.Write(signed)
	}
	return err
}

func makeKey(kind, name, seedHex string) error {
	seed, err := hex.DecodeString(seedHex)
	if err != nil || len(seed) != ed25519.SeedSize || len(kind) != 1 {
		return errors.New("expected TYPE NAME and 64 hex digits")
	}
	algorithm := kind[0] - '0'
	public := []byte(ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey))
	if algorithm == 6 {
		key, err := mldsa.NewPrivateKey(mldsa.MLDSA44(), seed)
		if err != nil {
			return err
		}
		public = key.PublicKey().Bytes()
	}
	typed := append([]byte{algorithm}, public...)
	digest := sha256.Sum256(append([]byte(name+"\n"), typed...))
	fmt.Printf("PRIVATE+KEY+%s+%x+%s\n", name, digest[:4],
		base64.StdEncoding.EncodeToString(append([]byte{algorithm}, seed...)))
	fmt.Printf("%s+%x+%s\n", name, digest[:4], base64.StdEncoding.EncodeToString(typed))
	return nil
}

func run(words []string) (error, bool) {
	if len(words) < 2 {
		return nil, false
	}
	what, words := words[0], words[1:]
	if what == "log" && len(words) == 2 {
		return folder(words[0]).check(words[1]), true
	}
	if what == "key" && len(words) == 3 {
		return makeKey(words[0], words[1], words[2]), true
	}
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err, true
	}
	switch what {
	case "open":
		_, err = open(input, words)
		return err, true
	case "proof":
		return checkProof(input, words), true
	case "sign":
		return sign(input, words), true
	}
	return nil, false
}

func main() {
	err, isKnown := run(os.Args[1:])
	if !isKnown {
		fmt.Fprintln(os.Stderr, "usage: log_go open|proof|log|sign|key ...")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
