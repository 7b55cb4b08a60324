package view

// Company is what clients must know to speak as the company does.
type Company struct {
	Name      string   `json:"name" example:"ACME"`
	Languages []string `json:"languages" doc:"The first one is used for people who chose none"`
	Timezone  string   `json:"timezone" doc:"Clock times in texts are in it" example:"Europe/Berlin"`
	HelpPhone string   `json:"help_phone,omitempty" doc:"Reaches a human"`
}

// Company returns the company of the plan in force.
func (v *Views) Company() Company {
	c := v.Plan().Company
	return Company{Name: c.Name, Languages: c.Languages, Timezone: c.Timezone, HelpPhone: c.HelpPhone}
}
