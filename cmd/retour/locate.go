package main

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"retour/rules"
)

// locate gives each fault the line and column of its key, or of the nearest
// section above it that the file has.
func locate(faults rules.Faults, src []byte) rules.Faults {
	var root yaml.Node
	if err := yaml.Unmarshal(src, &root); err != nil || len(root.Content) == 0 {
		return faults
	}
	for i := range faults {
		if faults[i].Line == 0 {
			faults[i].Line, faults[i].Column = find(root.Content[0], strings.Split(faults[i].Path, "."))
		}
	}
	return faults
}

func find(n *yaml.Node, path []string) (line, column int) {
	line, column = n.Line, n.Column
	if len(path) == 0 || n.Kind != yaml.MappingNode {
		return line, column
	}
	key, _, _ := strings.Cut(path[0], "[")
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			if len(path) == 1 || n.Content[i+1].Kind != yaml.MappingNode {
				return n.Content[i].Line, n.Content[i].Column
			}
			return find(n.Content[i+1], path[1:])
		}
	}
	return line, column
}
