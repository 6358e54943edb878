package main

import "errors"

func (m *measuring) sizes() error { return errors.New("not there") }
