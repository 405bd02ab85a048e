// SPDX-License-Identifier: MIT OR Apache-2.0

// A registry with the referrers API, on a free loopback port that it prints. It ends when its
// standard input does. With a folder for an argument, blobs are kept there, else in memory.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/google/go-containerregistry/pkg/registry"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	options := []registry.Option{
		registry.WithReferrersSupport(true),
		registry.Logger(log.New(io.Discard, "", 0)),
	}
	if len(os.Args) > 1 {
		options = append(options, registry.WithBlobHandler(registry.NewDiskBlobHandler(os.Args[1])))
	}
	fmt.Println(listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	log.Fatal(http.Serve(listener, registry.New(options...)))
}
