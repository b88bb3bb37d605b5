/* layers.c - what step 10 lays over the image: directories of this run alone. */
#define _GNU_SOURCE
#include "reference.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACE "/tmp"

static const char *path_of(const struct container *container, const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", container->layers, name);
	return path;
}

static void make(const struct container *container, const char *name, mode_t mode)
{
	const char *path = path_of(container, name);

	check(mkdir(path, mode), path);
}

/* Real root makes them, and root inside is somebody else out here. */
static void give(const struct container *container, const char *name)
{
	unsigned inside, uid, gid;

	if (!container->plan->is_root)
		return;
	if (sscanf(container->plan->uid_map, "%u %u", &inside, &uid) != 2 ||
	    sscanf(container->plan->gid_map, "%u %u", &inside, &gid) != 2)
		check(-1, "sscanf");
	check(chown(path_of(container, name), uid, gid), "chown");
}

void make_layers(struct container *container)
{
	container->lock = check(open(container->plan->image, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open image");
	check(flock(container->lock, LOCK_SH | LOCK_NB), "flock");
	snprintf(container->layers, sizeof container->layers, PLACE "/%s", container->plan->owner);
	if (mkdir(container->layers, 0700) < 0 && errno != EEXIST)
		check(-1, container->layers);
	make(container, "stage", 0700);
	make(container, "stage/0", 0755);
	make(container, "stage/layer", 0755);
	make(container, "stage/merged", 0755);
	give(container, "stage");
	make(container, "layer", 0700);
	make(container, "layer/upper", 0755);
	check(chmod(path_of(container, "layer/upper"), 0755), "chmod");
	make(container, "layer/work", 0700);
	container->layer = -1;
	if (container->mapped >= 0) {
		container->layer = map_directory(path_of(container, "layer"), container->namespace, &container->layer_source);
	} else {
		give(container, "layer");
		give(container, "layer/upper");
		give(container, "layer/work");
	}
	container->stage = check(open(path_of(container, "stage"), O_PATH | O_DIRECTORY | O_CLOEXEC), "open stage");
}

void mount_overlay(const struct container *container)
{
	int is_mapped = container->mapped >= 0;

	attach(is_mapped ? container->mapped : copy_tree(container->plan->image, 0), "0");
	attach(is_mapped ? container->layer : copy_tree(path_of(container, "layer"), 0), "layer");
	check(mount("overlay", "merged", "overlay", 0, "lowerdir=0,upperdir=layer/upper,workdir=layer/work,userxattr"),
	      "mount overlay");
	check(chdir("merged"), "chdir");
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

void remove_layers(const struct container *container)
{
	check(close(container->stage), "close");
	check(close(container->lock), "close");
	if (container->layer >= 0) {
		check(close(container->layer), "close");
		check(close(container->layer_source), "close");
	}
	check(nftw(path_of(container, "stage"), remove_one, 8, FTW_DEPTH | FTW_PHYS), "nftw");
	check(nftw(path_of(container, "layer"), remove_one, 8, FTW_DEPTH | FTW_PHYS), "nftw");
	rmdir(container->layers); /* The bench can have something in it. */
}
