// Package provider is one HTTP exchange with a provider's API and the facts of it: was
// anything written, what was answered, how long to wait. The adapters classify by these
// facts and not by the errors of an SDK, which lose half of them. It must not know any
// provider or its SDK. Start with Line and Exchange.
package provider
