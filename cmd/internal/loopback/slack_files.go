package loopback

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// File is a file that the app has uploaded.
type File struct {
	ID, Name, Title, AltText string
	Data                     []byte

	size int  // as announced
	done bool // completed
}

const slackFileLimit = 1 << 30

// getUploadURL is the first of three steps:
// https://docs.slack.dev/messaging/working-with-files#uploading_files
func (s *Slack) getUploadURL(args slackArgs) (slackReply, error) {
	size, err := strconv.Atoi(args["length"])
	switch {
	case args["filename"] == "":
		return nil, refuse("invalid_arguments", "missing required field: filename")
	case err != nil || size < 1:
		return nil, refuse("invalid_arguments", "missing required field: length")
	case size > slackFileLimit:
		return nil, refuse("file_too_large")
	case utf8.RuneCountInString(args["alt_txt"]) > 1000:
		return nil, refuse("alt_txt_too_large")
	}
	f := &File{ID: "F" + strings.ToUpper(slackRandom(5)), Name: args["filename"], AltText: args["alt_txt"], size: size}
	s.uploads[f.ID] = f
	return slackReply{"upload_url": strings.TrimSuffix(s.URL, "api/") + "upload/" + f.ID, "file_id": f.ID}, nil
}

// serveUpload takes the bytes of a file, raw or as a form. The address is the
// secret: a token does not belong here.
func (s *Slack) serveUpload(w http.ResponseWriter, r *http.Request) {
	data, err := uploadedBytes(r)
	if r.Header.Get("Authorization") != "" {
		s.refused("files.upload", refuse("token_not_wanted"))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.uploads[r.PathValue("id")]
	switch {
	case err != nil:
		http.Error(w, "cannot read the file", http.StatusBadRequest)
	case f == nil || f.Data != nil:
		http.Error(w, "no such upload", http.StatusNotFound)
	case len(data) != f.size:
		http.Error(w, "the file has another length than announced", http.StatusBadRequest)
	default:
		f.Data = data
		_, _ = io.WriteString(w, "OK - "+strconv.Itoa(len(data))) // the app hung up
	}
}

func uploadedBytes(r *http.Request) ([]byte, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		if err := r.ParseMultipartForm(slackFileLimit); err != nil {
			return nil, err
		}
		for _, files := range r.MultipartForm.File {
			in, err := files[0].Open()
			if err != nil {
				return nil, err
			}
			defer in.Close()
			return io.ReadAll(in)
		}
	}
	return io.ReadAll(r.Body)
}

// completeUpload shares uploaded files: one message with all of them.
func (s *Slack) completeUpload(args slackArgs) (slackReply, error) {
	var list []struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	if err := slackStrict([]byte(args["files"]), &list); err != nil || len(list) == 0 {
		return nil, refuse("invalid_arguments", "missing required field: files")
	}
	var files []*File
	for _, x := range list {
		f := s.uploads[x.ID]
		switch {
		case f == nil:
			return nil, refuse("file_not_found")
		case f.Data == nil:
			return nil, refuse("file_update_failed")
		case f.done:
			return nil, refuse("file_already_completed")
		}
		f.Title = x.Title
		files = append(files, f)
	}
	out := []map[string]any{}
	for _, f := range files {
		f.done = true
		out = append(out, map[string]any{"id": f.ID, "title": f.Title})
	}
	if args["channel_id"] == "" {
		return slackReply{"files": out}, nil
	}
	return slackReply{"files": out}, s.share(args, files)
}

func (s *Slack) share(args slackArgs, files []*File) error {
	ch, ok := s.channels[args["channel_id"]]
	switch {
	case !ok:
		return refuse("channel_not_found")
	case ch.archived:
		return refuse("is_archived")
	case !slices.Contains(ch.members, slackBot):
		return refuse("not_in_channel")
	}
	m := &Message{Channel: ch.id, User: slackBot, TS: s.nextTS(), Text: slackEscape(args["initial_comment"], slackMrkdwn), ThreadTS: ch.thread(args["thread_ts"])}
	for _, f := range files {
		m.Files = append(m.Files, *f)
	}
	ch.messages = append(ch.messages, m)
	s.touch()
	return nil
}

// deleteFile takes a file out of the message that shared it; a message that has
// nothing else goes with it.
func (s *Slack) deleteFile(args slackArgs) (slackReply, error) {
	f := s.uploads[args["file"]]
	if f == nil {
		return nil, refuse("file_not_found")
	}
	delete(s.uploads, f.ID)
	for _, ch := range s.channels {
		for _, m := range ch.messages {
			m.Files = slices.DeleteFunc(m.Files, func(x File) bool { return x.ID == f.ID })
		}
		ch.messages = slices.DeleteFunc(ch.messages, func(m *Message) bool {
			return m.User == slackBot && m.Text == "" && len(m.Blocks) == 0 && len(m.Files) == 0
		})
	}
	s.touch()
	return slackReply{}, nil
}

// addReaction sets an emoji of the bot under a message.
func (s *Slack) addReaction(args slackArgs) (slackReply, error) {
	ch, ok := s.channels[args["channel"]]
	if !ok {
		return nil, refuse("channel_not_found")
	}
	m := ch.message(args["timestamp"])
	switch {
	case m == nil:
		return nil, refuse("message_not_found")
	case args["name"] == "" || strings.Contains(args["name"], ":"):
		return nil, refuse("invalid_name")
	case slices.Contains(m.Reactions, args["name"]):
		return nil, refuse("already_reacted")
	}
	m.Reactions = append(m.Reactions, args["name"])
	s.touch()
	return slackReply{}, nil
}
