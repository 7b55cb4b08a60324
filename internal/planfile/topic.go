package planfile

import "github.com/stormbell/stormbell/domain/plan"

type topicShape struct {
	spot
	Title dict[text] `yaml:"title,need"`
}

type modeShape struct {
	spot
	Title   dict[text] `yaml:"title,need"`
	Service text       `yaml:"service"`
}

func (b *builder) topics() {
	read := func(d dict[topicShape]) (all []plan.Topic) {
		for _, e := range d.entries {
			b.identifier(e.key)
			all = append(all, plan.Topic{Name: e.key.value, Title: b.inLanguages(e.value.Title)})
		}
		return all
	}
	b.plan.Services, b.plan.Regions = read(b.file.Services), read(b.file.Regions)
	for _, e := range b.file.Modes.entries {
		b.identifier(e.key)
		b.known(e.value.Service, "service", b.file.Services.keys())
		b.plan.FailureModes = append(b.plan.FailureModes, plan.FailureMode{
			Topic: plan.Topic{Name: e.key.value, Title: b.inLanguages(e.value.Title)}, Service: e.value.Service.value,
		})
	}
}
