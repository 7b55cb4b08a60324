package picture

// Width is how wide a text is taken to be.
var Width = width
