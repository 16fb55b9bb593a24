// Starts Python as an application does that embeds it for purposes of its own.
void embedding_start(const char *interpreter);

// Runs a program in it, and returns 0 if it succeeds.
int embedding_run(const char *program);

// Ends it.
int embedding_end(void);
