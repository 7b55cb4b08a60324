// Package sendgrid carries mail through SendGrid's API: exactly one request per mail, its
// outcome classified by facts. SendGrid cannot be asked what became of a mail; its signed
// events tell, and they carry our delivery id. It must not know workflows or the record, and
// puts no address into an error. Start with Client.
package sendgrid
