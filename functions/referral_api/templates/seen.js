if(document.visibilityState!=="prerender")fetch(location.pathname+"/seen"+location.search,{method:"POST",keepalive:true,credentials:"same-origin"}).catch(()=>{});
