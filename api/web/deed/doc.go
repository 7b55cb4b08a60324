// Package deed is what people do on pages: it reads a posted form, carries out the command behind
// it, and says on the next page how that ended. Pages and API share the commands of package act,
// so they cannot disagree.
//
// It decides nothing and must not draw. Start with deed.go, where every form has its command.
package deed
