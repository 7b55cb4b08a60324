package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/crypto/bcrypt"
)

// glassCost is half a second of one core for each try.
const glassCost = 12

type breakGlass struct{}

// Run makes a password and its hash. Neither is kept here.
func (breakGlass) Run() error {
	password := newPassword()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), glassCost)
	if err != nil {
		return fmt.Errorf("hash the password: %w", err)
	}
	return printGlass(os.Stdout, password, string(hash))
}

// newPassword is 130 random bits, in groups that can be read from paper.
func newPassword() string {
	var groups []string
	for text := rand.Text(); text != ""; text = text[min(5, len(text)):] {
		groups = append(groups, text[:min(5, len(text))])
	}
	return strings.Join(groups, "-")
}

func printGlass(out io.Writer, password, hash string) error {
	_, err := fmt.Fprintf(out, `Password, to be written on paper and sealed (it is shown this once):

    %s

Its hash, for where Stormbell runs, as a file or as STORMBELL_BREAK_GLASS:

    %s

and in the plan:

    login:
      break_glass: { password: "${STORMBELL_BREAK_GLASS}" }

Whoever signs in with it may do everything, and the plan's owners are told at once.
`, password, hash)
	return err
}
