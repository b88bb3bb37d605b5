/*
 * reference.h - the steps as a C programmer would write them: the same calls
 * as the kit makes, of both sides and in the same order, in a child made by
 * plain clone(2) with a copy of the memory.
 *
 * Every call is checked; what fails ends the program with the call's name.
 * What it then leaves bears its owner's name, and npm run clean removes it.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <stdint.h>
#include <sys/types.h>

/* What all containers of a run have in common. */
struct plan {
	int step;
	const char *owner;    /* the alias of the veth pair: whose it is */
	const char *uid_map;
	const char *gid_map;
	const char *image;
	const char *nft;      /* the program that takes packet rules */
	const char *filter;   /* the file with the seccomp filter */
	char **group;         /* what makes the cgroup, and what ends it: group.c */
	int is_root;
};

struct veth {
	char name[16];
	char outside[24], inside[24];
	int reserved;                   /* the socket that holds the name */
};

/* A place on the network of containers. */
struct place {
	char port[16];                  /* of the bridge; no name: there is none */
	char address[16];
	int bridge, lease, hosts;       /* its index, the socket that holds the address, and a mount of the names */
};

/* One container. */
struct container {
	const struct plan *plan;
	int read_end, write_end;        /* the checkpoint */
	int directory, mapped;          /* the image, and a mount of it with ids mapped; or -1 */
	int source, namespace;
	char layers[128];               /* step 10: the directory of this run's own, */
	int stage, layer, layer_source; /* where the child begins, and a mount of what is written to */
	int lock;                       /* of the image, which nobody is to change meanwhile */
	struct veth veth;               /* no name: there is none */
	struct place place;
	char clocks[96];                /* how far from the host's clocks: timens_offsets */
};

/* check.c */
long check(long result, const char *call);
char *read_file(const char *path);
void write_file(const char *path, const char *text);
void write_maps(const struct plan *plan, pid_t pid);
pid_t start_child(int (*body)(void *), int flags, void *context);
void wait_for(pid_t pid);

/* child.c */
int child(void *container);

/* devices.c */
void limit_devices(const char *directory, const char *program);

/* group.c */
char **group_mounts(const struct plan *plan);
void make_group(const struct plan *plan);
void join_group(const struct plan *plan, pid_t pid);
void end_group(const struct plan *plan);

/* image.c */
void ensure_directory(const char *path);
void open_image(struct container *container);
void enter_image(const struct container *container);
void close_image(const struct container *container);

/* mounts.c */
#define MOUNT_READ_ONLY 1

int map_directory(const char *path, int namespace, int *source);
int clone_tree(const char *path);
int copy_tree(const char *path, uint64_t set);
void attach(int tree, const char *place);
void attach_at(int tree, int place);
int open_within_root(const char *path);

/* layers.c */
void make_layers(struct container *container);
void mount_overlay(const struct container *container);
void remove_layers(const struct container *container);

/* interface.c */
void set_up(const char *name, const char *address, const char *netmask);
int is_taken(int fd, const char *name);

/* veth.c */
#define VETH_NETMASK "255.255.255.252"

/* A name that stands in no file system: a zero byte comes before it. */
int take_name(int fd, const char *name);
void choose_veth(struct veth *veth);
void make_veth(const struct veth *veth, const char *owner, pid_t pid);
void free_veth(const struct veth *veth);

/* views.c */
void read_clocks(char *offsets, size_t size);
void enter_time(const char *offsets);
void enter_cgroup(char **mounts);

/* network.c */
void join_network(struct place *place, const char *owner);
void leave_network(const struct place *place);
void attach_hosts(const struct place *place);

/* bridge.c */
#define BRIDGE "container-lab"

void make_bridge(const char *owner);
void delete_bridge(int index);
void make_port(const struct place *place, const char *owner, pid_t pid);
void set_up_place(const struct place *place);

/* paths.c */
void mount_sys(void);
void hide_paths(void);

/* rights.c */
void read_rights(const char *filter);
void give_up_rights(void);

/* rules.c */
void set_rules(const struct plan *plan, const char *address);
void delete_rules(const struct plan *plan);

#endif
