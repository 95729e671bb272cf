package acceptance

// remade are the differences between an organisation and the one that its code makes again, by type
// and path or by the name of an attribute alone, each with the reason. What the report of the import
// tells is not repeated here.
var remade = map[string]string{
	"created_at": "is when the object was made",
	"updated_at": "is when the object was made",
	"slug":       "Rootly makes it of the name, and numbers names that are taken in the order of their making",
	"id":         "Rootly gives the parts of an object ids too",
}
