// Serves words turned round.
package main

import (
	"fmt"
	"log"
	"net/http"
	"runtime"

	"example.com/serve/internal/turn"
)

var version = "unknown"

func main() {
	http.HandleFunc("/turn/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, turn.Round(r.URL.Path[len("/turn/"):]))
	})
	http.HandleFunc("/version", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, version, runtime.GOOS)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
