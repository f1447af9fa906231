"""Forum: boards, threads and posts; everything that is said on the site is said in a thread.

Owns `boards`, `threads`, `posts`, `post_edits`, `thread_follows`, `thread_reads`, `post_thanks` and
`thread_imports`. Promises that posts are numbered densely, that nothing said is ever deleted (it is
hidden, with who, when and why), that HTML is made and cleaned when it is written and never when it
is read, and that a thread which asks for an answer is known until another person answers. Upper
houses talk through `services.thread_about` and `parts.talk`.
"""
