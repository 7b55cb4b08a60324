package actor

// Right is something that not everybody may do. Roles in an incident bring rights of their own,
// such as the incident commander's to declare (R28); what a sign-in brings comes on top of them.
type Right string

// The rights.
const (
	// Read is to see the console and everything in it.
	Read Right = "read"
	// Declare is to open an incident by hand, to judge how bad it is and to declare the emergency.
	Declare Right = "declare"
	// Page is to have people rung, and to appoint who holds a role.
	Page Right = "page"
	// Approve is the last word inside the group. No right makes an approver of somebody who is not asked.
	Approve Right = "approve"
	// Release is to let a text go out.
	Release Right = "release"
	// Resolve is to change the phase, to resolve and to cancel.
	Resolve Right = "resolve"
	// Administer is to see addresses and to change what belongs to no incident.
	Administer Right = "administer"
)

// AllRights lists the rights, the smallest first.
func AllRights() []Right {
	return []Right{Read, Declare, Page, Approve, Release, Resolve, Administer}
}
