/* The method "tsp": Zhou, Zhang 2022, "Deep clustering with features from self-supervised pretraining", arXiv:2207.13364.

   The paper keeps the two stages of clustering on features and replaces the first: features come from a network that was trained
   without labels on a much larger set. The second stage trains a clustering head on the frozen features alone.

   Taken here: our sources say no more of the second stage than that. So it is the clustering step of SCAN (scan.h) on frozen features,
   with ten perceptrons of one hidden layer of 256 as heads (a head that is trained apart from its features has nothing else that could
   bend) and without self-labeling, which wants augmented images. */
#include "scan.h"

#include "head_method.h"

const head_recipe RECIPE_TSP = {.heads = 10,
                                .hidden = 256,
                                .neighbors = 20,
                                .temperature = 1,
                                .rate = 1e-3,
                                .cosine_decay = true,
                                .epochs = 100,
                                .layout = scan_layout,
                                .loss = scan_loss};

const method METHOD_TSP = HEAD_METHOD(CLUDI_METHOD_TSP, "tsp", RECIPE_TSP,
                                      "the first part of scan, with perceptrons as heads (Zhou, Zhang 2022)");
