#include "words.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 64 };

static const known_wish WISHES[] = {
    {" gpu gpus cuda device devices mps use-gpu use-cuda rocm cpu ", "",
     "cludi computes on the CPU, on all processors unless --threads says otherwise"},
    {" n-clusters num-clusters nclusters nb-clusters number-of-clusters k n-classes num-classes n-components classes "
     "cluster "
     "n-cluster ",
     "clusters", "the number of clusters is that of the model"},
    {" learning-rate learningrate eta step-size ", "lr", NULL},
    {" batch-size batchsize batch bs minibatch minibatch-size ", "batch batch-size",
     "the number of rows per batch is chosen automatically"},
    {" n-epochs num-epochs max-epochs nb-epochs ", "epochs", NULL},
    {" iterations iters iter max-iter max-iters n-iter n-iters niter num-steps max-steps n-steps ", "steps", NULL},
    {" random-state random-seed rng-seed rng rseed ", "seed", NULL},
    {" o out out-file outfile out-dir outdir output-dir output-file dest destination save save-to model-out out-model "
     "result "
     "results ",
     "output", "the result goes to stdout"},
    {" input in in-file infile input-file data data-file file filename features x i f matrix ", "",
     "the files come without an option, in the order of the usage"},
    {" model m model-file model-path ", "",
     "predict and verify take the model without an option, first; fit writes it to -o MODEL"},
    {" weights encoder network backbone ", "", "embed takes WEIGHTS without an option, first"},
    {" jobs n-jobs njobs j workers num-workers n-workers nworkers n-threads num-threads nthreads ncpu cpus n-cpus "
     "num-cpus cores n-cores processes num-processes p ",
     "jobs threads", "it uses one processor"},
    {" verbose v vv vvv verbosity debug loglevel log-level progress ", "",
     "it says all it has to say on stderr, unless --quiet is given"},
    {" silent q no-progress no-progress-bar no-verbose ", "quiet", NULL},
    {" color colour no-color no-colour ", "", "colors are left out where NO_COLOR is set in the environment"},
    {" log log-file logfile ", "", "messages go to stderr, which 2>FILE keeps"},
    {" dtype fp16 fp32 bf16 float16 float32 half amp mixed-precision ", "precision", NULL},
    {" y target targets label true-labels labels-true y-true ground-truth gt truth class labels ", "labels",
     "labels are arguments without an option"},
    {" probs prob probas probabilities probability predict-proba soft scores ", "proba", NULL},
    {" embeddings embed latent ", "embedding", NULL},
    {" temperature temp ", "temperature", NULL},
    {" algorithm algo alg kmeans k-means ", "method methods", NULL},
    {" method methods ", "methods method", "the method is that of the model"},
    {" format output-format file-format type ", "", "the ending of the output's name says its format"},
    {" force overwrite yes clobber ", "", "an output replaces the file that is there, without being asked"},
    {" max-memory memory-limit mem-limit ram max-ram mem ", "memory", NULL},
    {" checkpoint no-checkpoint save-every checkpoint-interval save-interval checkpoint-freq ", "checkpoint-every",
     NULL},
    {" continue restart resume-from go-on ", "resume", NULL},
    {" id ids id-col index-col index-column index row-names ", "id-column", NULL},
    {" ignore exclude skip-column skip-columns drop-column drop-columns ", "drop", NULL},
    {" skip-header noheader ", "no-header", NULL},
    {" delimiter delim sep separator ", "", "the separator of a CSV is detected automatically"},
    {" normalize normalise scale standardize standardise metric distance ", "preprocessing", NULL},
    {" n-init init inits restarts ", "init-runs", NULL},
    {" patience early-stopping tol tolerance ", "steps", NULL},
    {" hidden hidden-size hidden-dim width ", "hidden-dim", NULL},
    {" dim dims n-dims embedding-dim latent-dim dimension ", "embedding-dim", NULL},
    {" layers n-layers num-layers depth blocks ", "blocks", NULL},
    {" timesteps diffusion-steps num-timesteps ", "diffusion-steps", NULL},
    {" n-samples num-samples draws ", "draws", NULL},
    {" img-size imgsize resolution size input-size image-width ", "image-size", NULL},
    {" pooling ", "pool", NULL},
    {" n-heads num-heads attention-heads ", "heads", NULL},
    {" recursive r ", "", "folders are taken with the folders below them"},
    {" params parameter grid values vary ", "param", NULL},
    {" n-seeds num-seeds runs n-runs repeats repetitions repeat ", "seeds", NULL},
    {" keep keep-model save-models ", "keep-models", NULL},
    {" plots curves figure draw ", "plot", NULL},
    {" time timing timings profiling ", "profile", NULL},
};

const known_wish *known_wish_find(const char *name)
{
    char word[LONGEST + 3];
    if (!*name || strlen(name) > LONGEST || strchr(name, ' '))
        return NULL;
    snprintf(word, sizeof word, " %s ", name);
    for (char *letter = word; *letter; letter++)
        *letter = *letter == '_' ? '-' : (char)tolower((unsigned char)*letter);
    for (size_t i = 0; i < sizeof WISHES / sizeof *WISHES; i++)
        if (strstr(WISHES[i].words, word))
            return &WISHES[i];
    return NULL;
}
