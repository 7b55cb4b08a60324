package planfile

import "github.com/goccy/go-yaml"

// TriggerReferences tells where the plan takes the secret of each trigger from: "${NAME}" or
// "file:PATH" as it stands there, and nothing for a trigger without one or with a key that is
// written out. So a page can say which secret to paste without knowing it.
func TriggerReferences(data []byte) map[string]string {
	var file struct {
		Triggers map[string]struct {
			Token string `yaml:"token"`
			Key   string `yaml:"key"`
		} `yaml:"triggers"`
	}
	found := map[string]string{}
	// A plan in force was read before, so it can be read; what cannot has no references.
	if err := yaml.Unmarshal(data, &file); err != nil {
		return found
	}
	for name, t := range file.Triggers {
		for _, value := range []string{t.Key, t.Token} {
			if isReference(value) {
				found[name] = value
			}
		}
	}
	return found
}
