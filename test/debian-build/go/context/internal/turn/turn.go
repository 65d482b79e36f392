// Package turn turns words round.
package turn

// Round returns the word from its end to its beginning.
func Round(word string) string {
	letters := []rune(word)
	for i, j := 0, len(letters)-1; i < j; i, j = i+1, j-1 {
		letters[i], letters[j] = letters[j], letters[i]
	}
	return string(letters)
}
