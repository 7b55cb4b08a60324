// Package planfile reads the response plan: one strict YAML file in, a domain/plan value or
// every mistake in the file out, each with its line and a picture of it. It owns the shape of
// the file and the rules that hold between its parts; what the parts mean is domain/plan's
// work. It must not import workflows, activities or api.
//
// Reading happens in three passes that never stop at a mistake: node.go and walk.go take the
// syntax tree apart and hold it against the shapes (the structs called …Shape beside each
// section), then each section is turned into its part of the plan (company.go, people.go,
// role.go and so on), then rules.go asks what no section can know alone. Start with Check.
//
// # Secrets
//
// Every value that a plan prints as a mask must be a reference: "${NAME}" is read from the
// environment, "file:PATH" from a file beside the plan. There is one exception, the key of a
// trigger of type events: it is an identifier in the sender's configuration, as everywhere
// Events v2 is spoken, and may be written out. Pictures of lines never show a secret.
package planfile
