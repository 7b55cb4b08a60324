package planfile

import "github.com/stormbell/stormbell/domain/plan"

// smallShape is how colleagues are kept informed of what is below severe.
type smallShape struct {
	spot
	Liaison   text       `yaml:"liaison,need"`
	Audiences list[text] `yaml:"audiences,need"`
	Approve   text       `yaml:"approve"`
	Always    flag       `yaml:"always"`
}

func (b *builder) small() {
	f := b.file.Small
	if !f.given() {
		return
	}
	b.role(f.Liaison)
	if b.role(f.Approve) && f.Approve.value == f.Liaison.value {
		b.fail(f.Approve.spot, "writes the text and cannot approve it as well; name another role")
	}
	b.plan.Small = plan.Small{
		Liaison: f.Liaison.value, Audiences: b.oneOf(f.Audiences, "audience", b.file.Audiences.keys()...),
		Approve: f.Approve.value, Always: f.Always.value,
	}
}
