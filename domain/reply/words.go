package reply

// Words keeps a text for the lead, whatever it could mean.
func Words(text string) Reply { return Reply{Note: clean(text)} }
