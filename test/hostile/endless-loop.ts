/** Never comes back from its import. */
for (;;);

export {};
