package rules

import "time"

