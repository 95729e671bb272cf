// Package page writes one HTML file that needs nothing else.
//
//	Page ──► tables and pictures as HTML, objects as compressed JSON, style and scripts ──► one file
//
// Texts come from an organisation and may be hostile: html/template escapes them, and the Content-Security-Policy of the
// file allows exactly the scripts and the style that are embedded here. What matters is readable without JavaScript.
//
// Not here: reading an organisation, and any opinion about it. Texts have to be free of secrets.
package page
