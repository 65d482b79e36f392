package turn

import "testing"

func TestRound(t *testing.T) {
	if got := Round("été!"); got != "!été" {
		t.Fatal(got)
	}
}
