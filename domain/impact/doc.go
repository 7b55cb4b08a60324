// Package impact computes the company's own score of how bad an incident is (R14-R20): a
// recommendation to page an expert or to declare, never a declaration (R21). It is pure
// arithmetic over the plan's grades and must not import anything but the standard library
// and domain/plan. Start with Score; NextChange is for the durable timer beside it.
package impact
