// The reference implementations of Go for signed notes and transparency logs, asked over standard input.
package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	// Notes to open with a key.
	Key   string   `json:"key"`
	Notes []string `json:"notes"`
	// A text to sign with a key made for it.
	Text string `json:"text"`
	// Leaves of a tree: all its roots and proofs are computed.
	Leaves []string `json:"leaves"`
	// Proofs of ours to be checked.
	Records []record `json:"records"`
	Trees   []tree   `json:"trees"`
}

type record struct {
	Index int64       `json:"index"`
	Size  int64       `json:"size"`
	Leaf  tlog.Hash   `json:"leaf"`
	Root  tlog.Hash   `json:"root"`
	Proof []tlog.Hash `json:"proof"`
}

type tree struct {
	Older     int64       `json:"older"`
	Newer     int64       `json:"newer"`
	OlderRoot tlog.Hash   `json:"olderRoot"`
	Root      tlog.Hash   `json:"root"`
	Proof     []tlog.Hash `json:"proof"`
}

type answer struct {
	Opened  []string      `json:"opened"`
	Key     string        `json:"key"`
	Signed  string        `json:"signed"`
	Roots   []tlog.Hash   `json:"roots"`
	Paths   [][]tlog.Hash `json:"paths"`
	Proofs  [][]tlog.Hash `json:"proofs"`
	Records []bool        `json:"records"`
	Trees   []bool        `json:"trees"`
}

func main() {
	var q question
	must(json.NewDecoder(os.Stdin).Decode(&q))
	var a answer
	if q.Key != "" {
		verifier, err := note.NewVerifier(q.Key)
		must(err)
		for _, each := range q.Notes {
			opened, err := note.Open([]byte(each), note.VerifierList(verifier))
			if err != nil {
				a.Opened = append(a.Opened, "refused")
			} else {
				a.Opened = append(a.Opened, opened.Text)
			}
		}
	}
	if q.Text != "" {
		private, public, err := note.GenerateKey(rand.Reader, "linli/oracle")
		must(err)
		signer, err := note.NewSigner(private)
		must(err)
		signed, err := note.Sign(&note.Note{Text: q.Text}, signer)
		must(err)
		a.Key, a.Signed = public, string(signed)
	}
	grow(q.Leaves, &a)
	for _, r := range q.Records {
		a.Records = append(a.Records, tlog.CheckRecord(r.Proof, r.Size, r.Root, r.Index, r.Leaf) == nil)
	}
	for _, t := range q.Trees {
		a.Trees = append(a.Trees, tlog.CheckTree(t.Proof, t.Newer, t.Root, t.Older, t.OlderRoot) == nil)
	}
	must(json.NewEncoder(os.Stdout).Encode(a))
}

// grow adds one leaf after the other; of the whole tree it proves every leaf and every older tree.
func grow(leaves []string, a *answer) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	size := int64(len(leaves))
	for n, leaf := range leaves {
		hashes, err := tlog.StoredHashes(int64(n), []byte(leaf), reader)
		must(err)
		stored = append(stored, hashes...)
		root, err := tlog.TreeHash(int64(n+1), reader)
		must(err)
		a.Roots = append(a.Roots, root)
	}
	for n := range leaves {
		path, err := tlog.ProveRecord(size, int64(n), reader)
		must(err)
		proof, err := tlog.ProveTree(size, int64(n+1), reader)
		must(err)
		a.Paths, a.Proofs = append(a.Paths, path), append(a.Proofs, proof)
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
