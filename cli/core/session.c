#include "session.h"

#include "complain.h"

enum { MOST_THREADS = 1024 };

static int is_to_stop(void *user)
{
    (void)user;
    return stop_signal_came();
}

int session_open(cli_session *session, const cli_options *options, uint64_t seed)
{
    cludi_context_options settings;
    cludi_context_options_init(&settings);
    settings.seed = seed;
    settings.log = progress_log;
    settings.log_user = &session->progress;
    settings.progress = progress_show;
    settings.progress_user = &session->progress;
    return session_open_with(session, options, &settings);
}

int session_open_with(cli_session *session, const cli_options *options, cludi_context_options *settings)
{
    cludi_error error;
    uint64_t threads = 0;
    session->context = NULL;
    stop_signal_catch();
    progress_init(&session->progress, options_given(options, "quiet"));
    TRY(options_number(options, "threads", MOST_THREADS, &threads));
    TRY(options_number(options, "seed", UINT64_MAX, &settings->seed));
    TRY(options_keep_streams(options));
    settings->threads = (int32_t)threads;
    if (options_given(options, "backend"))
        settings->backend = options_value(options, "backend");
    settings->stop = is_to_stop;
    if (options_given(options, "precision"))
        settings->precision = options_value(options, "precision");
    cludi_status status = cludi_context_new(settings, &session->context, &error);
    if (status == CLUDI_ERROR_ARGUMENT)
        return complain_usage(options->command->name, "%s", error.message);
    return status == CLUDI_OK ? EXIT_DONE : complain_error(&error);
}

void session_close(cli_session *session)
{
    progress_end(&session->progress);
    cludi_context_free(session->context);
    session->context = NULL;
}
