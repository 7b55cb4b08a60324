package holding

import "time"

// Expect begins to wait for the holder of a role to be on the call: they are asked again
// after patience, and after that once more the role goes to somebody else.
func (r Roles) Expect(name string, patience time.Duration, now time.Time) Roles {
	return r.change(name, func(role *Role) { role.Join = NewLease(patience, patience, now) })
}

// Present notes that the holder of a role, or their proxy, is on the call.
func (r Roles) Present(name string, at time.Time) Roles {
	return r.change(name, func(role *Role) { role.PresentAt, role.Join = at, Lease{} })
}

// IsPresent tells whether a role is held by somebody who is on the call.
func (r Roles) IsPresent(name string) bool {
	role, ok := r.Of(name)
	return ok && role.State == Held && !role.PresentAt.IsZero()
}

// Missing lists the roles for which a person, as holder or proxy, is waited for on the call.
func (r Roles) Missing(person string) (names []string) {
	for _, role := range r {
		if role.Join.Length > 0 && r.Works(role.Name, person) {
			names = append(names, role.Name)
		}
	}
	return names
}

// Represent names who is on the call for the holder of a role (R42).
func (r Roles) Represent(name, proxy string) Roles {
	return r.change(name, func(role *Role) { role.Proxy, role.PresentAt = proxy, time.Time{} })
}
