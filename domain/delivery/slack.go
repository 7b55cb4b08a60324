package delivery

import "strconv"

// SlackStatus is the outcome that an HTTP status of Slack's other than 200 stands for.
func SlackStatus(httpStatus int) Outcome {
	code := strconv.Itoa(httpStatus)
	switch {
	case httpStatus == 429:
		return refused(NotProcessed, code)
	case httpStatus == 401, httpStatus == 403, isForeign(httpStatus):
		return refused(Account, code)
	case httpStatus >= 400 && httpStatus < 500:
		return refused(Permanent, code)
	default:
		return refused(Ambiguous, code)
	}
}

// SlackError is the outcome that an error code in Slack's answer stands for. Slack says of its
// own failures that a part of the request may have been done. A code that is not known here is a
// refusal of what was asked.
func SlackError(code string) Outcome {
	switch code {
	case "ratelimited", "rate_limited", "message_limit_exceeded":
		return refused(NotProcessed, code)
	case "internal_error", "fatal_error", "service_unavailable", "request_timeout", "accesslimited":
		return refused(Ambiguous, code)
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope", "no_permission",
		"not_allowed_token_type", "access_denied", "org_login_required", "ekm_access_denied", "team_access_not_granted",
		"enterprise_is_restricted", "two_factor_setup_required", "team_added_to_org":
		return refused(Account, code)
	case "msg_too_long", "no_text", "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "invalid_metadata_format",
		"invalid_metadata_schema", "metadata_too_large", "msg_blocks_too_long":
		return refused(Filtered, code)
	default:
		return refused(Permanent, code)
	}
}
